# The example of docs/library.md in R: Rscript library.R > library.csv (name, value)
# R 4.2.2, survival 3.5-3. The pairs are those of
#   matchit(outside ~ age + sex + edema + bili + albumin + protime, pbc,
#           distance = "glm", link = "linear.logit", caliper = 0.2)
# by the rule of MatchIt 4.5.0 written out: the treated by descending score, each takes
# the nearest control that is left within the caliper, the first of several.
library(survival)
pbc <- read.csv("data/pbc.csv")
pbc <- pbc[!is.na(pbc$albumin) & !is.na(pbc$protime), ]
pbc$outside <- 1 - pbc$in_trial
put <- function(name, values) {
  cat(sprintf("%s,%.15g\n", name, as.numeric(values)), sep = "")
}
cat("name,value\n")
model <- outside ~ age + sex + edema + bili + albumin + protime
score <- predict(glm(model, binomial, pbc))
put("score_coef", coef(glm(model, binomial, pbc)))
width <- 0.2 * sd(score)
free <- pbc$outside == 0
pairs <- NULL
for (t in order(-score)[pbc$outside[order(-score)] == 1]) {
  gap <- ifelse(free, abs(score - score[t]), Inf)
  if (min(gap) <= width) {
    pairs <- rbind(pairs, c(t, which.min(gap)))
    free[which.min(gap)] <- FALSE
  }
}
pairs <- pairs[order(pairs[, 1]), ]
put("treated", pbc$id[pairs[, 1]])
put("control", pbc$id[pairs[, 2]])
smd <- function(x, rows) {
  binary <- all(x %in% 0:1)
  t <- pbc$outside == 1
  s <- if (binary) sqrt(mean(x[t]) * (1 - mean(x[t]))) else sd(x[t])
  (mean(x[rows & t]) - mean(x[rows & !t])) / s
}
all_rows <- rep(TRUE, nrow(pbc))
kept <- seq_len(nrow(pbc)) %in% pairs
columns <- list(pbc$age, pbc$sex == "m", pbc$edema, pbc$bili, pbc$albumin, pbc$protime)
put("smd_before", sapply(columns, function(x) smd(x + 0, all_rows)))
put("smd_after", sapply(columns, function(x) smd(x + 0, kept)))
matched <- pbc[c(rbind(pairs[, 1], pairs[, 2])), ]
matched$set_id <- rep(seq_len(nrow(pairs)), each = 2)
put("median", summary(survfit(Surv(time, death) ~ outside, matched))$table[, "median"])
put("log_rank", survdiff(Surv(time, death) ~ outside, matched)$chisq)
fit <- coxph(Surv(time, death) ~ outside, matched, cluster = set_id)
put("cox", summary(fit)$coefficients)
put("cox_interval", summary(fit)$conf.int[, 3:4])
put("zph", cox.zph(coxph(Surv(time, death) ~ outside + age, matched))$table[, "chisq"])
