"use strict";
// One key for each step. Everything works without this file too; it only presses buttons and follows links.
(function () {
  let sent = false;
  const said = document.getElementById("said");
  const off = "scr-llm-no-keys";
  const say = (text) => { if (said) said.textContent = text; };

  function selected() {
    const selection = window.getSelection();
    const text = selection ? selection.toString().replace(/\s*\n\s*/g, "\n").trim() : "";
    if (!text || !selection.anchorNode) return null;
    const at = selection.anchorNode.parentElement;
    const sheet = at ? at.closest("[data-page]") : null;
    return sheet ? { text: text, page: sheet.dataset.page } : null;
  }

  function quote() {
    const found = selected();
    const box = document.getElementById("quote");
    if (!box) return;
    if (!found) { say("Select words on the page first."); return; }
    const from = document.getElementById("quote_page");
    // Words that go on over a page: what was taken from the page before stays in front.
    const goesOn = box.value.trim() && Number(found.page) === Number(from.value) + 1;
    box.value = goesOn ? box.value.trim() + " " + found.text : found.text;
    if (!goesOn) from.value = found.page;
    box.rows = 3;
    say(goesOn ? "The quote goes on on page " + found.page + ". Now decide."
      : "Quote taken from page " + found.page + ". Now decide.");
    box.classList.add("taken");
  }

  function toggle(button) {
    const sheet = document.getElementById("sheet"), words = document.getElementById("words");
    const asText = words.hidden;
    words.hidden = !asText;
    sheet.hidden = asText;
    button.setAttribute("aria-pressed", String(asText));
    button.textContent = asText ? "Show as picture" : "Show as text";
  }

  const button = document.getElementById("toggle");
  if (button) button.addEventListener("click", () => toggle(button));
  const nokeys = document.getElementById("nokeys");
  if (nokeys) {
    nokeys.checked = localStorage.getItem(off) === "1";
    nokeys.addEventListener("change", () => localStorage.setItem(off, nokeys.checked ? "1" : "0"));
  }

  // Counts of themes can be hidden while one decides: one box on each of two pages, one choice in this browser.
  const noCounts = "scr-llm-no-counts", root = document.documentElement;
  root.classList.toggle("no-counts", localStorage.getItem(noCounts) === "1");
  document.querySelectorAll(".hide-counts").forEach((label) => {
    const box = label.querySelector("input");
    label.hidden = false;
    box.checked = root.classList.contains("no-counts");
    box.addEventListener("change", () => {
      localStorage.setItem(noCounts, box.checked ? "1" : "0");
      root.classList.toggle("no-counts", box.checked);
    });
  });

  // The definition stays folded or open as the person left it, from cell to cell.
  const definition = document.getElementById("definition"), left = "scr-llm-definition";
  if (definition) {
    definition.open = localStorage.getItem(left) === "open";
    definition.addEventListener("toggle", () => localStorage.setItem(left, definition.open ? "open" : "folded"));
  }

  // What is filled in stays while the person turns the pages of the review, until it is sent.
  const decision = document.getElementById("decision"), kept = "scr-llm-filled " + window.location.pathname;
  const filled = () => ({
    quote: decision.quote.value, from: decision.quote_page.value, reason: decision.reason.value,
    ticked: Array.from(decision.querySelectorAll("input[name=keep]:checked")).map((box) => box.value),
  });
  if (decision && !document.getElementById("trouble")) {
    const before = JSON.parse(sessionStorage.getItem(kept) || "null");
    if (before && before.seen === decision.seen.value) {
      if (before.quote) { decision.quote.value = before.quote; decision.quote_page.value = before.from; }
      decision.reason.value = before.reason;
      decision.querySelectorAll("input[name=keep]").forEach((box) => {
        box.checked = before.ticked.includes(box.value);
      });
    }
    const untouched = JSON.stringify(filled());
    window.addEventListener("pagehide", () => {
      if (sent) sessionStorage.removeItem(kept);
      else if (before || JSON.stringify(filled()) !== untouched) {
        sessionStorage.setItem(kept, JSON.stringify({ seen: decision.seen.value, ...filled() }));
      }
    });
  }

  const sheet = document.getElementById("sheet"), mark = document.querySelector("#sheet rect");
  if (mark) {
    const show = () => {
      const below = mark.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
      sheet.scrollTop += below - sheet.clientHeight / 3;
    };
    const image = sheet.querySelector("img");
    if (image.complete) show(); else image.addEventListener("load", show, { once: true });
  }

  // A form goes out once, however often its button is pressed; after a while again, in case nothing came back.
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    window.setTimeout(() => { sent = false; }, 5000);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { if (document.activeElement) document.activeElement.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(off) === "1") return;
    const target = event.target;
    const line = target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type);
    if (line || target instanceof HTMLTextAreaElement) return;
    if (event.key === "q") { quote(); event.preventDefault(); return; }
    if (event.key === "c") {
      const box = document.getElementById("reason");
      if (box) { box.focus(); event.preventDefault(); }
      return;
    }
    const found = Array.from(document.querySelectorAll("[data-key]")).find((e) => e.dataset.key === event.key);
    if (found) {
      event.preventDefault();
      found.click();
    }
  });
  // What others changed since the page was opened. Without this, the next page shows it anyway.
  const news = document.getElementById("news");
  async function ask() {
    if (document.hidden) return;
    try {
      const answer = await fetch(news.dataset.from, { credentials: "same-origin", cache: "no-store" });
      // Another kind of answer is a page, such as one that says that the session is over.
      const plain = (answer.headers.get("content-type") || "").startsWith("text/plain");
      const told = answer.status === 200 && plain ? await answer.text() : "";
      const words = news.querySelector("span");
      if (!told || words.textContent === told) return;
      words.textContent = told;
      news.hidden = false;
    } catch (error) { /* the program was stopped or is busy: the next look will tell */ }
  }
  if (news) {
    window.setInterval(ask, 10000);
    document.addEventListener("visibilitychange", ask);
  }
  window.addEventListener("pageshow", () => { sent = false; });
})();
