// The page reads without this. It remembers the language and makes the reply file, without any network.
"use strict";
(() => {
  const KEY = "cathartes-language";
  const switches = [...document.querySelectorAll(".switch")];
  const use = (language) => { document.documentElement.lang = language; };
  try {
    const kept = switches.find((one) => one.value === localStorage.getItem(KEY));
    if (kept) { kept.checked = true; }
  } catch { /* A browser may forbid a file to remember; the audience's own language stays. */ }
  use(switches.find((one) => one.checked).value);
  for (const one of switches) {
    one.addEventListener("change", () => {
      use(one.value);
      try { localStorage.setItem(KEY, one.value); } catch { /* As above. */ }
    });
  }

  const form = document.getElementById("reply-form");
  if (!form) { return; }
  const answer = () => {
    const given = new FormData(form);
    const counts = [...form.querySelectorAll("input[type=number]")].filter((input) => input.value !== "");
    return {
      format: "cathartes-reply/1",
      release: form.dataset.release,
      release_sha256: form.dataset.sha256,
      action: given.get("action"),
      by: given.get("by").trim(),
      at: new Date().toISOString(),
      findings: counts.map((input) => ({ rule: input.name, count: Number(input.value) })),
      comment: given.get("comment"),
    };
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = JSON.stringify(answer(), null, 1) + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `reply-${form.dataset.release}.json`;
    link.click();
    document.getElementById("reply-saved").hidden = false;
    const copy = document.getElementById("reply-copy");
    copy.hidden = false;
    copy.querySelector("textarea").value = text;
  });
})();
