"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const tools = one(".tools");
  const search = one("#search");
  const told = one("#told");
  const dialog = one("#keys");
  const toggles = all("[data-toggle]");
  const found = all("[data-outcome]").map((element) => ({
    element,
    outcome: element.dataset.outcome,
    isCheck: element.classList.contains("check"),
    words: element.textContent.toLowerCase(),
  }));
  const checks = found.filter((each) => each.isCheck);
  let here = -1;

  // Themes: what the system says, until somebody chooses.
  const kept = {
    get: () => { try { return localStorage.getItem("cozecheck-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("cozecheck-theme", value); } catch { /* a file may keep nothing */ } },
  };
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const turn = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    kept.set(root.dataset.theme);
  };
  if (kept.get()) root.dataset.theme = kept.get();

  // Search and filters; the address keeps both, so that a view can be passed on.
  const hidden = () => toggles.filter((each) => each.getAttribute("aria-pressed") === "false").map((each) => each.dataset.toggle);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const out = new Set(hidden());
    for (const each of found) {
      each.shown = !out.has(each.outcome) && words.every((word) => each.words.includes(word));
      each.element.hidden = !each.shown;
    }
    const shown = checks.filter((each) => each.shown).length;
    told.value = words.length || out.size ? `${shown} of ${checks.length} departures` : "";
  };
  const keep = () => {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    if (hidden().length) state.set("without", hidden().join(","));
    history.replaceState(null, "", state.size ? `#?${state}` : location.pathname + location.search);
  };
  const press = (toggle) => {
    toggle.setAttribute("aria-pressed", toggle.getAttribute("aria-pressed") === "true" ? "false" : "true");
    apply();
    keep();
  };
  const restore = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (!hash.startsWith("?")) {
      const target = document.getElementById(hash);
      if (target) { target.open = true; target.scrollIntoView(); }
      return;
    }
    const state = new URLSearchParams(hash.slice(1));
    search.value = state.get("q") ?? "";
    const out = (state.get("without") ?? "").split(",");
    for (const each of toggles) each.setAttribute("aria-pressed", String(!out.includes(each.dataset.toggle)));
  };

  // From departure to departure.
  const move = (step) => {
    const shown = checks.filter((each) => each.shown !== false);
    if (!shown.length) return;
    here = Math.min(Math.max(shown.indexOf(checks[here]) + step, 0), shown.length - 1);
    here = checks.indexOf(shown[here]);
    for (const each of all(".here")) each.classList.remove("here");
    const { element } = checks[here];
    element.classList.add("here");
    element.querySelector("summary").focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
  };
  const keys = {
    "/": () => search.focus(),
    j: () => move(1),
    k: () => move(-1),
    o: () => { if (here >= 0) checks[here].element.open = !checks[here].element.open; },
    t: turn,
    "?": () => dialog.showModal(),
  };
  for (const each of toggles) keys[each.dataset.key] = () => press(each);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      search.blur();
      apply();
      keep();
    }
    const isTyping = event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey;
    if (isTyping || dialog.open || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  search.addEventListener("input", () => { apply(); keep(); });
  for (const each of toggles) each.addEventListener("click", () => press(each));
  one("#theme").addEventListener("click", turn);
  one("#help").addEventListener("click", () => dialog.showModal());
  addEventListener("hashchange", () => { restore(); apply(); });

  // A button to copy each command.
  for (const each of all(".command")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(each.querySelector("pre").textContent);
      button.textContent = "copied";
    });
    each.append(button);
  }

  tools.hidden = false;
  restore();
  apply();
})();
