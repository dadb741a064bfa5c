# Parametric survival in R: Rscript extrapolation.R > extrapolation.csv
# R 4.2.2, survival 3.5-3. Four distributions are survreg's; Gompertz, generalised gamma
# and splines are written out here from flexsurv's formulas and maximised by optim. It
# also writes data/ovarian.csv and data/gbsg.csv, which survival ships.
library(survival)
write.csv(ovarian[c("futime", "fustat")], "data/ovarian.csv", row.names = FALSE)
write.csv(gbsg[c("rfstime", "status")], "data/gbsg.csv", row.names = FALSE)
put <- function(data, distribution, name, value) {
  cat(sprintf("%s,%s,%s,%.12g\n", data, distribution, name, value), sep = "")
}
log_survival <- list(
  gompertz = function(p, t) -exp(p[2]) * expm1(p[1] * t) / p[1],
  generalised_gamma = function(p, t) {
    k <- p[3]^-2
    u <- k * exp(p[3] * (log(t) - p[1]) / exp(p[2]))
    pgamma(u, k, lower.tail = p[3] < 0, log.p = TRUE)
  }
)
log_density <- list(
  gompertz = function(p, t) {
    p[2] + p[1] * t + log_survival$gompertz(p, t)
  },
  generalised_gamma = function(p, t) {
    k <- p[3]^-2
    w <- (log(t) - p[1]) / exp(p[2])
    log(abs(p[3])) - log(t) - p[2] - lgamma(k) + k * log(k) +
      k * (p[3] * w - exp(p[3] * w))
  }
)
basis <- function(x, knots, slope = FALSE) {
  cube <- function(k) if (slope) 3 * pmax(x - k, 0)^2 else pmax(x - k, 0)^3
  m <- length(knots)
  columns <- if (slope) list(0 * x, 0 * x + 1) else list(0 * x + 1, x)
  for (k in knots[-c(1, m)]) {
    share <- (knots[m] - k) / (knots[m] - knots[1])
    columns <- c(columns, list(
      cube(k) - share * cube(knots[1]) - (1 - share) * cube(knots[m])
    ))
  }
  do.call(cbind, columns)
}
maximum <- function(start, loss) {
  for (i in 1:6) {
    found <- optim(start, loss, control = list(reltol = 1e-15, maxit = 20000))
    start <- found$par
  }
  start
}
fit <- function(data, time, event) {
  say <- function(distribution, estimate, log_likelihood, survival) {
    put(data, distribution, names(estimate), estimate)
    put(data, distribution, "log_likelihood", log_likelihood)
    tau <- 2 * max(time)
    area <- integrate(survival, 0, tau, rel.tol = 1e-10, subdivisions = 1000)$value
    put(data, distribution, "area", area)
    put(data, distribution, "survival", survival(tau))
  }
  reg <- function(dist) survreg(Surv(time, event) ~ 1, dist = dist)
  r <- reg("exponential")
  rate <- unname(exp(-coef(r)))
  say("exponential", c(rate = rate), r$loglik[2], function(t) exp(-rate * t))
  r <- reg("weibull")
  a <- 1 / r$scale
  b <- exp(coef(r))
  say(
    "weibull", c(shape = a, scale = unname(b)), r$loglik[2],
    function(t) pweibull(t, a, b, lower.tail = FALSE)
  )
  r <- reg("lognormal")
  m <- coef(r)
  s <- r$scale
  say(
    "log_normal", c(meanlog = unname(m), sdlog = s), r$loglik[2],
    function(t) plnorm(t, m, s, lower.tail = FALSE)
  )
  r <- reg("loglogistic")
  a <- 1 / r$scale
  b <- exp(coef(r))
  say(
    "log_logistic", c(shape = a, scale = unname(b)), r$loglik[2],
    function(t) 1 / (1 + (t / b)^a)
  )
  starts <- list(
    gompertz = c(1e-3 / max(time), log(sum(event) / sum(time))),
    generalised_gamma = c(mean(log(time)), log(sd(log(time))), 0.5)
  )
  for (one in names(starts)) {
    loss <- function(p) {
      each <- ifelse(event == 1, log_density[[one]](p, time),
        log_survival[[one]](p, time)
      )
      if (all(is.finite(each))) -sum(each) else 1e10
    }
    p <- maximum(starts[[one]], loss)
    estimate <- if (one == "gompertz") {
      c(shape = p[1], rate = exp(p[2]))
    } else {
      c(mu = p[1], sigma = exp(p[2]), Q = p[3])
    }
    say(one, estimate, -loss(p), function(t) exp(log_survival[[one]](p, t)))
  }
  x <- log(time)
  for (inner in 1:2) {
    knots <- quantile(x[event == 1], seq(0, 1, length.out = inner + 2))
    level <- basis(x, knots)
    slope <- basis(x, knots, TRUE)
    loss <- function(g) {
      s <- c(slope %*% g)
      if (any(s[event == 1] <= 0)) return(1e10)
      h <- c(level %*% g)
      -sum(ifelse(event == 1, h + log(s) - x, 0) - exp(h))
    }
    w <- reg("weibull")
    g <- maximum(c(-coef(w) / w$scale, 1 / w$scale, rep(0, inner)), loss)
    names(g) <- paste0("gamma", seq_along(g) - 1)
    say(
      paste0("spline_", inner), g, -loss(g),
      function(t) exp(-exp(c(basis(log(t), knots) %*% g)))
    )
  }
}
cat("data,distribution,name,value\n")
fit("ovarian", ovarian$futime, ovarian$fustat)
fit("gbsg", gbsg$rfstime / 365, gbsg$status)
