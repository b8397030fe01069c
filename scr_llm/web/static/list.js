"use strict";
// The list beside its page: arrows move through the items, and a key takes the words that are selected.
// Everything works without this file too.
(function () {
  const form = document.getElementById("list");
  if (!form) return;
  const radios = () => Array.from(form.querySelectorAll("input[name=item]"));
  const number = form.elements.page.value;
  let words = null;

  document.addEventListener("selectionchange", () => {
    const selection = window.getSelection();
    const text = selection.toString().replace(/\s*\n\s*/g, "\n").trim();
    const at = selection.anchorNode ? selection.anchorNode.parentElement : null;
    const sheet = at ? at.closest("[data-page].sheet") : null;
    if (text && sheet) words = { text: text, page: sheet.dataset.page };
  });

  // Scroll a box, and nothing around it, until something in it is at a third of its height.
  function intoView(box, inside) {
    box.scrollTop += inside.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }

  function shown(radio) {
    document.querySelectorAll("#sheet rect").forEach((rect) => {
      rect.setAttribute("class", rect.dataset.item === radio.value ? "mark" : "near");
    });
    const rows = document.getElementById("rows"), row = radio.closest(".item");
    intoView(rows, row);
    const sheet = document.getElementById("sheet"), mark = sheet.querySelector("rect.mark");
    if (mark) intoView(sheet, mark);
  }

  // An item on another page takes its page with it.
  function choose(radio) {
    radio.checked = true;
    if (radio.dataset.page && radio.dataset.page !== number && !radio.closest(".item").classList.contains("here")) {
      const query = new URLSearchParams({ page: radio.dataset.page, item: radio.value });
      window.location.assign("?" + query.toString());
      return;
    }
    shown(radio);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (target instanceof HTMLTextAreaElement) return;
    if (target instanceof HTMLInputElement && target.type !== "radio") return;
    if (target.closest && target.closest("#sheet, #words")) return;  // the page itself scrolls
    const all = radios(), now = all.findIndex((radio) => radio.checked);
    const next = all[now + (event.key === "ArrowDown" ? 1 : -1)];
    event.preventDefault();
    if (next) { next.focus({ preventScroll: true }); choose(next); }
  });
  form.addEventListener("change", (event) => { if (event.target.name === "item") choose(event.target); });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-takes]");
    const box = form.elements.quote;
    if (button && words && !box.value.trim()) {
      box.value = words.text;
      form.elements.quote_page.value = words.page;
    }
  });
  const first = radios().find((radio) => radio.checked);
  if (first) {
    const image = document.querySelector("#sheet img");
    if (image.complete) shown(first); else image.addEventListener("load", () => shown(first), { once: true });
  }
})();
