# Differences of extrapolated means: Rscript extrapolation_differences.R > extrapolation_differences.csv
# R 4.2.2, survival 3.5-3. Men less women of lung, in days: survreg's fits, its dfbeta
# residuals for the robust variance, and derivatives of the mean in closed form.
# Clusters are pairs of consecutive rows, which both sexes share; weights are 1, 1.5, 2.
library(survival)
lung <- lung[c("time", "status", "sex")]
lung$pair <- (seq_len(nrow(lung)) - 1) %/% 2
lung$weight <- 1 + ((seq_len(nrow(lung)) - 1) %% 3) / 2
tau <- 3650
# the mean, or that up to tau, of location m and log scale s of survreg
means <- list(
  exponential = function(p, to) {
    rate <- exp(-p[1])
    if (is.finite(to)) (1 - exp(-rate * to)) / rate else 1 / rate
  },
  weibull = function(p, to) {
    whole <- exp(p[1]) * gamma(1 + exp(p[2]))
    if (!is.finite(to)) return(whole)
    k <- exp(-p[2])
    u <- (to / exp(p[1]))^k
    whole * pgamma(u, 1 + 1 / k) + to * exp(-u)
  },
  lognormal = function(p, to) {
    s <- exp(p[2])
    whole <- exp(p[1] + s^2 / 2)
    if (!is.finite(to)) return(whole)
    z <- (log(to) - p[1]) / s
    whole * pnorm(z - s) + to * pnorm(-z)
  }
)
slope <- function(of, p, to) {
  h <- 1e-5
  sapply(seq_along(p), function(i) {
    e <- replace(numeric(length(p)), i, h)
    (of(p + e, to) - of(p - e, to)) / (2 * h)
  })
}
one <- function(data, dist, to, weighted) {
  w <- if (weighted) data$weight else rep(1, nrow(data))
  # the default stops in the sixth digit of the parameters
  fit <- survreg(Surv(time, status) ~ 1, data, weights = w, dist = dist,
    control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  p <- coef(fit)
  if (dist != "exponential") p <- c(p, log(fit$scale))
  g <- slope(means[[dist]], p, to)
  beta <- matrix(resid(fit, "dfbeta", weighted = weighted), nrow = nrow(data))
  list(
    mean = unname(means[[dist]](p, to)),
    model = c(t(g) %*% vcov(fit) %*% g),
    rows = c(beta %*% g)
  )
}
cat("distribution,measure,weighted,first,second,se_model,se_robust,se_cluster\n")
for (dist in names(means)) for (to in c(Inf, tau)) for (weighted in c(FALSE, TRUE)) {
  men <- one(lung[lung$sex == 1, ], dist, to, weighted)
  women <- one(lung[lung$sex == 2, ], dist, to, weighted)
  rows <- c(men$rows, -women$rows)
  pair <- c(lung$pair[lung$sex == 1], lung$pair[lung$sex == 2])
  cat(sprintf("%s,%s,%s,%.10g,%.10g,%.10g,%.10g,%.10g\n",
    c(lognormal = "log_normal")[dist][[1]] |> (\(x) if (is.na(x)) dist else x)(),
    if (is.finite(to)) "restricted" else "mean", tolower(weighted),
    men$mean, women$mean,
    if (weighted) NA else sqrt(men$model + women$model),
    sqrt(sum(rows^2)), sqrt(sum(tapply(rows, pair, sum)^2))
  ))
}
