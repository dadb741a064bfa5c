# Golden answers for function and response, made with R 4.2.2, nlme 3.1-162, nnet 7.3-18
# and MASS 7.3-58.2 from the data that it writes to data/ beside it:
#   Rscript tests/golden/function.R
# Orthodont and BodyWeight come with nlme, birthwt and iris with MASS and R. function_course
# is made up here: two groups, uneven visits, some subjects with one visit.
library(nlme)
library(nnet)
library(MASS)

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
put <- function(rows, name) {
  write.csv(rows, file.path(here, "data", paste0(name, ".csv")), row.names = FALSE)
}
number <- function(x) {
  x <- as.numeric(x)
  if (length(x) == 1) format(x, digits = 15) else
    paste0("[", paste(vapply(x, format, "", digits = 15), collapse = ", "), "]")
}
answers <- list()
note <- function(name, ...) {
  values <- list(...)
  body <- paste0('    "', names(values), '": ', vapply(values, number, ""), collapse = ",\n")
  answers[[length(answers) + 1]] <<- paste0('  "', name, '": {\n', body, "\n  }")
}

# Mixed models: y, month, subject, group in every file.
set.seed(20200316)
course <- do.call(rbind, lapply(1:60, function(i) {
  group <- as.integer(i <= 25)
  n <- if (i %% 15 == 0) 1 else 3 + i %% 5
  month <- sort(c(0, round(runif(n - 1, 0.5, 14), 2)))
  u <- c(6, 0.35) * c(rnorm(1), rnorm(1))
  y <- 37 + u[1] + (-0.9 + 0.2 * group + u[2] + 0.02 * u[1]) * month + rnorm(n, 0, 1.4)
  data.frame(y = pmax(0, round(y)), month = month, subject = sprintf("S%02d", i), group = group)
}))
put(course, "function_course")
orthodont <- data.frame(
  y = Orthodont$distance, month = Orthodont$age, subject = as.character(Orthodont$Subject),
  group = as.integer(Orthodont$Sex == "Female")
)
put(orthodont, "function_orthodont")
rats <- subset(BodyWeight, Diet != 2)
bodyweight <- data.frame(
  y = rats$weight, month = rats$Time / 7, subject = as.character(rats$Rat),
  group = as.integer(rats$Diet == 3)
)
put(bodyweight, "function_bodyweight")
control <- lmeControl(maxIter = 500, msMaxIter = 1000, tolerance = 1e-10, msTol = 1e-12)
for (name in c("course", "orthodont", "bodyweight")) {
  rows <- get(name)
  fit <- lme(y ~ month * group, random = ~ month | subject, data = rows, method = "REML",
             control = control)
  table <- summary(fit)$tTable
  random <- VarCorr(fit)
  note(paste0("lme_", name),
       estimate = table[, "Value"], se = table[, "Std.Error"], df = table[, "DF"],
       p_t = table[, "p-value"],
       sd_intercept = sqrt(getVarCov(fit)[1, 1]), sd_slope = sqrt(getVarCov(fit)[2, 2]),
       correlation = cov2cor(getVarCov(fit))[1, 2], sd_residual = fit$sigma,
       log_likelihood = logLik(fit), n_subjects = fit$dims$ngrps[1], n_rows = nrow(rows))
}

# Logistic regressions and discriminant analysis.
births <- data.frame(class = c("white", "black", "other")[birthwt$race],
                     age = birthwt$age, lwt = birthwt$lwt, smoke = birthwt$smoke, low = birthwt$low)
put(births, "birthwt")
births$class <- relevel(factor(births$class), "white")
fit <- multinom(class ~ age + lwt + smoke, births, trace = FALSE, maxit = 5000,
                abstol = 1e-14, reltol = 1e-14, Hess = TRUE)
empty <- multinom(class ~ 1, births, trace = FALSE, reltol = 1e-14)
note("multinom_birthwt", black = coef(fit)["black", ], other = coef(fit)["other", ],
     black_se = summary(fit)$standard.errors["black", ],
     other_se = summary(fit)$standard.errors["other", ],
     model_chi_square = 2 * (logLik(fit) - logLik(empty)))
fit <- glm(low ~ age + lwt + smoke, binomial, births, epsilon = 1e-14)
note("glm_birthwt", coef = coef(fit), se = sqrt(diag(vcov(fit))),
     model_chi_square = fit$null.deviance - fit$deviance)

names(iris) <- c("sepal_length", "sepal_width", "petal_length", "petal_width", "class")
put(iris, "iris")
discriminant <- function(name, values, class) {
  manova_of <- function(x) summary(manova(as.matrix(x) ~ class), test = "Wilks")$stats
  all <- manova_of(values)
  without <- sapply(seq_along(values), function(j) {
    rest <- values[, -j, drop = FALSE]
    if (ncol(rest) > 1) manova_of(rest)[1, 2] else {
      a <- anova(lm(rest[, 1] ~ class))
      a[2, 2] / sum(a[, 2])
    }
  })
  fit <- lda(values, class)
  residual <- residuals(lm(as.matrix(values) ~ class))
  scores <- residual %*% fit$scaling
  note(paste0("lda_", name),
       wilks_lambda = all[1, 2], f = all[1, 3], df1 = all[1, 4], df2 = all[1, 5],
       p_f = all[1, 6], wilks_without = without,
       tolerance = 1 / diag(solve(cor(residual))),
       raw_1 = fit$scaling[, 1], raw_2 = fit$scaling[, 2],
       eigenvalue = fit$svd^2 * (nlevels(class) - 1) / (nrow(values) - nlevels(class)),
       structure_1 = cor(residual, scores)[, 1], structure_2 = cor(residual, scores)[, 2])
}
discriminant("iris", iris[, 1:4], iris$class)
discriminant("birthwt", births[, c("age", "lwt", "smoke")], births$class)

# Signed ranks: differences with ties and zeros, and without.
tied <- c(0, 0, 1, 1, -1, 2, 2.5, -2.5, 3, 4, 4, -0.5, 0.5, 6, 7)
plain <- c(0.3, -0.8, 1.1, 2.4, -0.2, 3.9, 1.7, 0.6, -1.4, 2.2)
without_zeros <- tied[tied != 0]
signed <- function(x, ...) suppressWarnings(wilcox.test(x, ...))
note("wilcox_tied",
     values = tied, rank_sum = signed(tied, exact = FALSE)$statistic,
     normal = signed(tied, exact = FALSE, correct = FALSE)$p.value,
     continuity = signed(tied, exact = FALSE, correct = TRUE)$p.value)
note("wilcox_plain",
     values = plain, rank_sum = signed(plain, exact = TRUE)$statistic,
     normal = signed(plain, exact = FALSE, correct = FALSE)$p.value,
     continuity = signed(plain, exact = FALSE, correct = TRUE)$p.value,
     exact = signed(plain, exact = TRUE)$p.value)

# Two groups and three: the tests of change and slope; a regression with standardised beta.
loss <- list(a = c(-3, -8, -12.5, -1, 0, -7, -7), b = c(-5, -9, -14, -2, -11, -20), c = c(-1, -2, -9, -4))
group <- factor(rep(names(loss), lengths(loss)))
value <- unlist(loss)
note("groups",
     a = loss$a, b = loss$b, c = loss$c,
     welch = t.test(loss$a, loss$b)$p.value,
     welch_ci = t.test(loss$a, loss$b)$conf.int,
     t_test = t.test(loss$a, loss$b, var.equal = TRUE)$p.value,
     mann_whitney = signed(loss$a, loss$b, exact = FALSE)$p.value,
     anova = oneway.test(value ~ group, var.equal = TRUE)$p.value,
     kruskal_wallis = kruskal.test(value, group)$p.value)
births$white <- as.integer(births$class == "white")
plain <- lm(lwt ~ age + smoke + white, births)
scaled <- lm(scale(lwt) ~ scale(age) + scale(smoke) + scale(white), births)
note("lm_birthwt", coef = coef(plain), se = summary(plain)$coefficients[, 2],
     p_value = summary(plain)$coefficients[, 4],
     beta = coef(scaled)[-1], beta_se = summary(scaled)$coefficients[-1, 2],
     r_squared = summary(plain)$r.squared)

writeLines(c("{", paste(unlist(answers), collapse = ",\n"), "}"),
           file.path(here, "function.json"))
