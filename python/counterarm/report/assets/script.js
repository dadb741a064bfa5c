"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  all(".js-only").forEach((node) => { node.hidden = false; });

  // One analysis at a time; without this script all stand below each other.
  const analyses = all("section.analysis");
  const links = all("nav a[data-analysis]");
  const showAll = document.getElementById("show-all");
  const printNote = document.querySelector(".print-note");
  // Sensitivity analyses wait in the menu below their main one.
  const variants = all("nav details.variants");
  const unfold = () => {
    variants.forEach((node) => { if (node.querySelector("[aria-current]")) node.open = true; });
  };
  variants.forEach((node) => { node.open = false; });
  let shown = analyses.length ? analyses[0].id : "";
  const isAll = () => showAll.getAttribute("aria-pressed") === "true";
  const update = () => {
    analyses.forEach((node) => { node.hidden = !isAll() && node.id !== shown; });
    links.forEach((link) => {
      if (!isAll() && link.dataset.analysis === shown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    printNote.hidden = analyses.length < 1;
  };
  const follow = (focus) => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    const owner = target && target.closest("section.analysis");
    if (owner) { shown = owner.id; update(); unfold(); }
    if (target) {
      target.scrollIntoView();
      const heading = target.querySelector("h2[tabindex]");
      if (focus && heading) heading.focus({ preventScroll: true });
    }
  };
  showAll.addEventListener("click", () => {
    showAll.setAttribute("aria-pressed", String(!isAll()));
    update();
  });
  addEventListener("hashchange", () => follow(true));
  update();
  if (location.hash) follow(false);

  // Long tables wait until they are asked for; printing everything shows them.
  const long = all("details.long");
  long.forEach((node) => { node.open = false; });
  const contents = document.querySelector(".contents");
  const narrow = matchMedia("(max-width: 62rem)");
  const fold = () => { contents.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
  let wasOpen = [];
  addEventListener("beforeprint", () => {
    if (!root.classList.contains("print-all")) return;
    wasOpen = long.filter((node) => node.open);
    long.forEach((node) => { node.open = true; });
  });
  addEventListener("afterprint", () => {
    if (!root.classList.contains("print-all")) return;
    root.classList.remove("print-all");
    long.forEach((node) => { node.open = wasOpen.includes(node); });
  });
  document.getElementById("print-summary").addEventListener("click", () => print());
  document.getElementById("print-all").addEventListener("click", () => {
    root.classList.add("print-all");
    print();
  });

  // Light or dark: the system's, unless chosen here.
  const theme = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const mark = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; mark(); });
  system.addEventListener("change", mark);
  mark();

  const intervals = document.getElementById("intervals");
  intervals.addEventListener("click", () => {
    const hidden = root.classList.toggle("no-intervals");
    intervals.setAttribute("aria-pressed", String(!hidden));
  });

  // The value under the pointer; the tables hold the same for the keyboard.
  const tip = document.getElementById("tip");
  const place = (event) => {
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const top = event.clientY - box.height - 12;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${top < 8 ? event.clientY + 18 : top}px`;
  };
  document.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("[data-tip]");
    tip.hidden = !mark;
    if (mark) { tip.textContent = mark.dataset.tip; place(event); }
  });
  document.addEventListener("pointermove", (event) => { if (!tip.hidden) place(event); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  // The ledger by paper, verdict and word.
  const table = document.getElementById("all--table-ledger");
  if (table) {
    const rows = all("tbody tr", table);
    const headings = all("thead th", table).map((node) => node.textContent.trim());
    const bar = document.createElement("form");
    bar.className = "filter";
    bar.setAttribute("role", "search");
    bar.setAttribute("aria-label", "Filter the ledger");
    bar.addEventListener("submit", (event) => event.preventDefault());
    const label = (text, control) => {
      const node = document.createElement("label");
      node.append(text, control);
      bar.append(node);
      return control;
    };
    const choice = (heading) => {
      const column = headings.indexOf(heading);
      const control = document.createElement("select");
      const values = [...new Set(rows.map((row) => row.cells[column].textContent.trim()))].sort();
      ["", ...values].forEach((value) => control.add(new Option(value || "all", value)));
      control.dataset.column = column;
      return label(heading, control);
    };
    const choices = ["Paper", "Group", "Verdict"].map(choice);
    const word = label("Contains", Object.assign(document.createElement("input"), { type: "search" }));
    const count = document.createElement("output");
    bar.append(count);
    const filter = () => {
      const needle = word.value.toLowerCase();
      let n = 0;
      rows.forEach((row) => {
        const fits = choices.every((c) => !c.value || row.cells[c.dataset.column].textContent.trim() === c.value)
          && row.textContent.toLowerCase().includes(needle);
        row.hidden = !fits;
        n += fits;
      });
      count.textContent = `${n} of ${rows.length} numbers`;
    };
    bar.addEventListener("input", filter);
    filter();
    table.closest(".scroll").before(bar);
  }
})();
