# Tests of one variable between groups on veteran (as shipped with R's survival), with
# base R alone: Rscript tests/golden/group_tests.R > tests/golden/group_tests.json
# Groups: trt 1 and 2; celltype for three and more. The first 20 rows of each arm with
# distinct survival times serve the exact distribution.
v <- read.csv("tests/golden/data/veteran.csv")
number <- function(x) sprintf("%.15g", x)
line <- function(name, values) sprintf(
  '  "%s": {%s}', name,
  paste(sprintf('"%s": %s', names(values), number(values)), collapse = ", "))
t_row <- function(t) c(statistic = unname(t$statistic), p_value = t$p.value,
                       difference = unname(t$estimate[1] - t$estimate[2]),
                       ci_low = t$conf.int[1], ci_high = t$conf.int[2])
row <- function(t) c(statistic = unname(t$statistic), p_value = t$p.value)
a <- v$age[v$trt == 1]; b <- v$age[v$trt == 2]
first <- function(x) head(unique(x), 20)
e <- first(v$time[v$trt == 1]); f <- setdiff(v$time[v$trt == 2], e)[1:20]
prior <- table(v$prior, v$trt)
small <- table(v$celltype[1:40] == "squamous", v$prior[1:40])
aov_row <- summary(aov(age ~ celltype, v))[[1]]
out <- c(
  line("t_test", t_row(t.test(a, b, var.equal = TRUE))),
  line("welch", t_row(t.test(a, b))),
  line("mann_whitney", row(wilcox.test(a, b, exact = FALSE))),
  line("mann_whitney_no_correction",
       row(wilcox.test(a, b, exact = FALSE, correct = FALSE))),
  line("mann_whitney_exact", row(wilcox.test(e, f, exact = TRUE))),
  line("anova", c(statistic = aov_row[1, "F value"], p_value = aov_row[1, "Pr(>F)"])),
  line("kruskal_wallis", row(kruskal.test(age ~ factor(celltype), v))),
  line("chi_square", row(chisq.test(prior, correct = FALSE))),
  line("chi_square_yates", row(chisq.test(prior))),
  line("fisher_exact", c(p_value = fisher.test(prior)$p.value)),
  line("chi_square_celltype", row(chisq.test(table(v$celltype, v$trt)))),
  line("fisher_exact_small", c(p_value = fisher.test(small)$p.value)))
cat("{\n", paste(c(sprintf('  "made with": "%s"', R.version.string), out),
                  collapse = ",\n"), "\n}\n", sep = "")
