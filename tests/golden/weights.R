# Makes tests/golden/weights.json: Rscript tests/golden/weights.R, from the root.
#
# Weights, balance and effective sample sizes on lalonde, weighted and two-way clustered
# Cox on lung, by R's own functions. MatchIt is asked for the common support and exact
# strata only: Debian's build of its nearest matching is broken.

suppressMessages({
  library(survival)
  library(sandwich)
  library(MatchIt)
})

vector <- function(x) paste0("[", paste(format(x, digits = 15, trim = TRUE), collapse = ","), "]")
object <- function(x) {
  paste0("{", paste0("\"", names(x), "\":", unlist(x), collapse = ",\n"), "}")
}

lalonde <- read.csv("tests/golden/data/lalonde.csv")
formula <- treat ~ age + educ + race + married + nodegree + re74 + re75
score <- fitted(glm(formula, binomial, lalonde, control = list(epsilon = 1e-14)))
treated <- lalonde$treat == 1

# Definitions of WeightIt: estimand ATT and ATO.
att <- ifelse(treated, 1, score / (1 - score))
ato <- ifelse(treated, 1 - score, score)
ess <- function(w) sum(w)^2 / sum(w^2)

balance_of <- function(x, w, binary) {
  one <- function(arm) cov.wt(cbind(x[arm]), wt = w[arm] / sum(w[arm]))
  t <- one(treated)
  c <- one(!treated)
  p <- mean(x[treated])
  sd <- if (binary) sqrt(p * (1 - p)) else sd(x[treated])
  ratio <- if (binary) NA else t$cov[1, 1] / c$cov[1, 1]
  object(list(
    mean_treated = vector(t$center), mean_control = vector(c$center),
    smd = vector((t$center - c$center) / sd),
    variance_ratio = if (binary) "null" else vector(ratio)
  ))
}
balances <- function(w) {
  object(list(
    age = balance_of(lalonde$age, w, FALSE),
    re74 = balance_of(lalonde$re74, w, FALSE),
    married = balance_of(lalonde$married, w, TRUE)
  ))
}

discarded <- function(which) {
  m <- matchit(formula, lalonde, method = NULL, discard = which)
  vector(unname(base::which(m$discarded)) - 1)
}
exact <- matchit(treat ~ race + married + nodegree, lalonde, method = "exact")

# Women against men with lung cancer, weighted by a score of age and ECOG.
lung <- read.csv("tests/golden/data/lung.csv")
lung <- lung[complete.cases(lung[, c("age", "sex", "ph.ecog")]), ]
lung$female <- as.numeric(lung$sex == 2)
p <- fitted(glm(female ~ age + ph.ecog, binomial, lung, control = list(epsilon = 1e-14)))
lung$att <- ifelse(lung$female == 1, 1, p / (1 - p))
lung$ato <- ifelse(lung$female == 1, 1 - p, p)
lung$row <- seq_len(nrow(lung))
weighted <- function(w, cluster) {
  lung$w <- w
  lung$cluster <- cluster
  fit <- coxph(Surv(time, status == 2) ~ female, lung, weights = w,
    robust = TRUE, cluster = cluster, control = coxph.control(eps = 1e-11))
  s <- summary(fit)$coefficients
  object(list(coef = vector(s[1, "coef"]), robust_se = vector(s[1, "robust se"]),
    naive_se = vector(s[1, "se(coef)"]), z = vector(s[1, "z"])))
}

# Rows of one man stand in several sets, as those of a control that is used again.
sets <- c(seq_len(100), seq_len(100))
men <- which(lung$female == 0)
again <- lung[c(which(lung$female == 1)[rep(1:80, length.out = 100)],
  men[(seq_len(100) * 7) %% 40 + 1]), ]
again$set <- sets
fit <- coxph(Surv(time, status == 2) ~ female + age, again,
  control = coxph.control(eps = 1e-11))
two_way <- function(cadjust) {
  v <- vcovCL(fit, cluster = ~ set + row, cadjust = cadjust)
  paste0("[", vector(v[1, ]), ",", vector(v[2, ]), "]")
}

answers <- object(list(
  versions = paste0("\"R ", getRversion(), ", survival ", packageVersion("survival"),
    ", sandwich ", packageVersion("sandwich"), ", MatchIt ", packageVersion("MatchIt"),
    "\""),
  att_weights = vector(att), ato_weights = vector(ato),
  ess = object(list(
    att_treated = vector(ess(att[treated])), att_control = vector(ess(att[!treated])),
    ato_treated = vector(ess(ato[treated])), ato_control = vector(ess(ato[!treated]))
  )),
  att_balance = balances(att), ato_balance = balances(ato),
  discarded = object(list(
    treated = discarded("treated"), control = discarded("control"),
    both = discarded("both")
  )),
  exact_weights = vector(unname(exact$weights)),
  cox_att = weighted(lung$att, lung$row),
  cox_ato = weighted(lung$ato, lung$row),
  cox_att_cluster = weighted(lung$att, (lung$row + 1) %/% 2),
  two_way_rows = vector(again$row), two_way_sets = vector(sets),
  two_way_coef = vector(coef(fit)),
  two_way_covariance = two_way(FALSE),
  two_way_covariance_cadjust = two_way(TRUE)
))
writeLines(answers, "tests/golden/weights.json")
