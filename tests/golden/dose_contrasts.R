# Made-up subjects in pairs, and what R's survival says of their doses.
# Run here: Rscript dose_contrasts.R; writes data/dose_contrast_{subjects,doses}.csv and
# dose_contrasts.json. Made with R 4.2.2 and survival 3.5-3.
library(survival)
set.seed(20230)
n <- 60
late <- rexp(2 * n, 1 / 420)
subjects <- data.frame(
  usubjid = sprintf("%s%02d", rep(c("T", "C"), each = n), 1:n),
  set_id = sprintf("s%02d", 1:n),
  arm = rep(c("treated", "control"), each = n),
  days = pmin(ceiling(late), rep(c(900, 600), each = n)),
  is_event = as.integer(late <= rep(c(900, 600), each = n)),
  female = rbinom(2 * n, 1, 0.4)
)
# the dead are not dosed; a few doses fall on the last day or after it
doses <- do.call(rbind, lapply(1:n, function(i) {
  planned <- c(0, 28, 28 + cumsum(sample(91:250, 3)))
  planned <- planned[c(TRUE, runif(4) < c(.95, .6, .6, .5))]
  if (i %% 9 == 0) planned <- c(planned[planned < subjects$days[i]], subjects$days[i])
  given <- planned[planned <= subjects$days[i] | i %% 7 == 0]
  data.frame(usubjid = subjects$usubjid[i], dose_day = unique(given))
}))
write.csv(subjects, "data/dose_contrast_subjects.csv", row.names = FALSE, quote = FALSE)
write.csv(doses, "data/dose_contrast_doses.csv", row.names = FALSE, quote = FALSE)

number_by <- function(id, day) sum(doses$usubjid == id & doses$dose_day <= day)
dose_of <- function(id, k) sort(doses$dose_day[doses$usubjid == id])[k]
ever <- sapply(subjects$usubjid, number_by, day = Inf)
group_of <- function(k, arm) ifelse(arm == "control", "control",
  ifelse(k == 2, "single_cycle", ifelse(k >= 3, "multiple", NA)))
terms <- function(d) {
  d$single_cycle <- as.integer(d$group == "single_cycle")
  d$multiple <- as.integer(d$group == "multiple")
  d
}
told <- function(fit) {
  robust <- summary(fit)$coefficients
  lapply(setNames(seq_along(coef(fit)), names(coef(fit))), function(i) list(
    coef = coef(fit)[[i]], naive_se = robust[i, "se(coef)"],
    cluster_se = robust[i, "robust se"]))
}
fits <- function(d, left) list(
  n = length(unique(d$usubjid)), n_events = sum(d$is_event), left_out = left,
  unadjusted = told(coxph(Surv(start, stop, is_event) ~ single_cycle + multiple,
    d, cluster = set_id)),
  adjusted = told(coxph(Surv(start, stop, is_event) ~ single_cycle + multiple + female,
    d, cluster = set_id)))

out <- list(versions = paste(R.version.string, "survival", packageVersion("survival")))
d <- subjects; d$group <- group_of(ever, d$arm); d$start <- 0; d$stop <- d$days
out$naive <- fits(terms(d[!is.na(d$group), ]), sum(is.na(d$group)))
for (L in c(182, 365)) {
  d <- subjects[subjects$days > L, ]
  d$group <- group_of(sapply(d$usubjid, number_by, day = L), d$arm)
  d$start <- 0; d$stop <- d$days - L
  out[[paste0("landmark_", L)]] <- fits(terms(d[!is.na(d$group), ]),
    nrow(subjects) - sum(!is.na(d$group)))
}
d <- subjects; d$group <- group_of(ever, d$arm); d <- d[!is.na(d$group), ]
d$start <- mapply(function(id, g) if (g == "control") 0 else
  dose_of(id, if (g == "multiple") 3 else 2), d$usubjid, d$group)
d$stop <- d$days; d <- d[d$stop > d$start, ]
out$delayed_entry <- fits(terms(d), nrow(subjects) - nrow(d))

base <- subjects; base$id <- base$usubjid
split <- tmerge(base, base, id = id, death = event(days, is_event))
split <- tmerge(split, transform(doses, id = usubjid), id = id,
  so_far = cumtdc(dose_day))
split$so_far[is.na(split$so_far)] <- 0
# tmerge counts a dose on day 0 from the first interval on
split$start <- split$tstart; split$stop <- split$tstop; split$is_event <- split$death
d <- split; d$group <- group_of(d$so_far, d$arm); d <- d[!is.na(d$group), ]
out$time_dependent <- fits(terms(d), nrow(subjects) - length(unique(d$usubjid)))
out$doses_so_far <- list(unadjusted = told(
  coxph(Surv(start, stop, is_event) ~ so_far, split, cluster = set_id)),
  intervals = nrow(split))
common <- min(tapply(subjects$days, subjects$arm, max))
d <- subjects; d$group <- group_of(ever, d$arm); d <- d[!is.na(d$group), ]
d$start <- 0; d$stop <- pmin(d$days, common); d$is_event <- d$is_event * (d$days <= common)
out$naive_common <- fits(terms(d), sum(is.na(group_of(ever, subjects$arm))))
out$common_day <- common
third <- sapply(subjects$usubjid[1:n], dose_of, k = 3)
d <- subjects; d$landmark <- rep(third, 2)
d <- d[!is.na(d$landmark) & d$days > d$landmark, ]
d <- d[d$set_id %in% names(which(table(d$set_id) == 2)), ]
d$stop <- d$days - d$landmark; d$treated <- as.integer(d$arm == "treated")
m <- coxph(Surv(stop, is_event) ~ treated, d, cluster = set_id)
s <- coxph(Surv(stop, is_event) ~ treated + strata(set_id), d)
out$landmark_dose_3 <- list(n = nrow(d), unadjusted = told(m), strata = list(treated =
  list(coef = coef(s)[[1]], se = sqrt(vcov(s)[1, 1]))))

show <- function(x, pad = "") {
  if (!is.list(x)) return(if (is.character(x)) paste0('"', x, '"') else
    format(x, digits = 15))
  inner <- paste0(pad, "  ")
  paste0("{\n", paste0(inner, '"', names(x), '": ', sapply(x, show, pad = inner),
    collapse = ",\n"), "\n", pad, "}")
}
writeLines(show(out), "dose_contrasts.json")
