# What R prints of fits, curves and tests: printed.txt, sections headed "== name".
# Rscript printed.R > printed.txt    (R 4.2.2, survival 3.5-3)
library(survival)
options(show.signif.stars = FALSE)
show <- function(name, x) {
  cat("==", name, "\n")
  x$call <- NULL
  print(x)
}
read <- function(name) read.csv(file.path("data", paste0(name, ".csv")))
lung <- read("lung")
lung <- lung[!is.na(lung$ph.ecog), ]
lung$pair <- (seq_len(nrow(lung)) - 1) %/% 2
veteran <- read("veteran")
heart <- read("heart")
fits <- list(
  lung = coxph(Surv(time, event) ~ sex + age + ph.ecog, lung),
  lung_pairs = coxph(Surv(time, event) ~ sex + age + ph.ecog, lung, cluster = pair),
  lung_80 = coxph(Surv(time, event) ~ sex, lung),
  veteran = coxph(Surv(time, status) ~ trt + karno + age + prior, veteran),
  celltype = coxph(Surv(time, status) ~ celltype, veteran),
  heart = coxph(Surv(start, stop, event) ~ transplant, heart)
)
for (name in names(fits)) {
  level <- if (name == "lung_80") 0.8 else 0.95
  show(paste0("cox ", name), summary(fits[[name]], conf.int = level))
}
for (name in c("lung", "veteran", "celltype")) {
  show(paste0("zph ", name), cox.zph(fits[[name]], terms = FALSE))
}
show("km lung", survfit(Surv(time, event) ~ sex, lung))
show("km lung_all", survfit(Surv(time, event) ~ 1, lung))
show("km veteran", survfit(Surv(time, status) ~ trt, veteran))
show("log_rank lung", survdiff(Surv(time, event) ~ sex, lung))
show("log_rank lung_ecog", survdiff(Surv(time, event) ~ ph.ecog, lung))
show("log_rank veteran", survdiff(Surv(time, status) ~ trt, veteran))
show("log_rank veteran_rho1", survdiff(Surv(time, status) ~ celltype, veteran, rho = 1))
# 2 and sqrt(2)^2 are one time (timefix), also on the scale of ages at entry and exit
two <- sqrt(2)^2
near <- data.frame(time = c(1, 2, two, 2, two), event = 1, group = c(1, 1, 1, 2, 2))
show("log_rank near_ties", survdiff(Surv(time, event) ~ group, near))
