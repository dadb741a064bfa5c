# Weighted curves and tests, the rho family and delayed entry, with R's survival.
#
#     cd tests/golden && Rscript survival_weighted.R
#
# Case weights, clusters of two, and entry days are made up from the row number i:
# w = 0.4 + (37 i mod 23) / 20, id = (i - 1) div 2, entry = 7 i mod 60 days where that is
# before the time, else -1. Untied times are time + i / 1000.
library(survival)

d <- read.csv("data/lung.csv")
i <- seq_len(nrow(d))
d$w <- 0.4 + ((37 * i) %% 23) / 20
d$id <- (i - 1) %/% 2
d$entry <- ifelse((7 * i) %% 60 < d$time, (7 * i) %% 60, -1)
d$untied <- d$time + i / 1000
answers <- list()
note <- function(name, value) answers[[name]] <<- as.numeric(value)

curves <- list(
  weighted = survfit(Surv(time, event) ~ 1, d, weights = w, robust = TRUE),
  clustered = survfit(Surv(time, event) ~ 1, d, weights = w, cluster = id),
  entry = survfit(Surv(entry, time, event) ~ 1, d, weights = w, id = i, cluster = i),
  entry_clustered = survfit(
    Surv(entry, time, event) ~ 1, d, weights = w, id = i, cluster = id
  )
)
curves$loglog <- survfit(
  Surv(time, event) ~ 1, d, weights = w, robust = TRUE, conf.type = "log-log"
)
for (name in names(curves)) {
  f <- curves[[name]]
  at <- summary(f, times = c(100, 365, 500, 883))
  note(paste0(name, ".survival"), at$surv)
  note(paste0(name, ".std_err"), at$std.err)
  note(paste0(name, ".lower"), at$lower)
  note(paste0(name, ".upper"), at$upper)
  note(paste0(name, ".n_risk"), at$n.risk)
  note(paste0(name, ".median"), summary(f)$table[c("median", "0.95LCL", "0.95UCL")])
  r <- residuals(f, times = 500, type = "rmst", weighted = TRUE)
  if (endsWith(name, "clustered")) r <- tapply(r, d$id, sum)
  note(paste0(name, ".rmst_se"), sqrt(sum(r^2)))
  note(paste0(name, ".rmst"), survival:::survmean(f, rmean = 500)$matrix["rmean"])
  s <- residuals(f, times = 365, type = "pstate", weighted = TRUE)
  if (endsWith(name, "clustered")) s <- tapply(s, d$id, sum)
  note(paste0(name, ".survival_se_365"), sqrt(sum(s^2)))
}
score <- function(name, formula, cluster) {
  d$cluster <- cluster
  fit <- coxph(formula, d, ties = "breslow", weights = w, cluster = cluster)
  note(name, fit$rscore)
}
each <- i
score("rscore.sex", Surv(time, event) ~ sex, each)
score("rscore.sex.cluster", Surv(time, event) ~ sex, d$id)
score("rscore.ecog", Surv(time, event) ~ factor(ph.ecog), each)
score("rscore.sex.strata", Surv(time, event) ~ sex + strata(inst), each)
score("rscore.sex.entry", Surv(entry, time, event) ~ sex, each)
note(
  "rscore.sex.unweighted",
  coxph(Surv(time, event) ~ sex, d, ties = "breslow", cluster = id)$rscore
)
note("survdiff.rho_0.5.ecog", survdiff(Surv(time, event) ~ ph.ecog, d, rho = 0.5)$chisq)
note("survdiff.rho_2.sex", survdiff(Surv(time, event) ~ sex, d, rho = 2)$chisq)
# without ties the score test of a Cox model with delayed entry is the log-rank test
note(
  "entry.sex.untied",
  coxph(Surv(entry, untied, event) ~ sex, d, ties = "breslow")$score
)
note(
  "entry.ecog.untied",
  coxph(Surv(entry, untied, event) ~ factor(ph.ecog), d, ties = "breslow")$score
)

rows <- do.call(rbind, lapply(names(answers), function(name) {
  data.frame(name = name, place = seq_along(answers[[name]]), value = answers[[name]])
}))
rows$value <- formatC(rows$value, digits = 15, format = "g")
writeLines(
  c(
    paste0("# ", R.version.string, "; survival ", packageVersion("survival")),
    "name,place,value",
    paste(rows$name, rows$place, trimws(rows$value), sep = ",")
  ),
  "survival_weighted.csv"
)
