"use strict";
// Adds files one by one, and follows the work. The page works without this file, too.
(function () {
  const bench = document.getElementById("bench");
  const input = document.getElementById("files"), coming = document.getElementById("coming");
  const waiting = [];
  let busy = false, failed = false;

  function line(name) {
    const item = document.createElement("li");
    const label = document.createElement("span"), said = document.createElement("span");
    const bar = document.createElement("progress");
    label.textContent = name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", "How much of " + name + " has come in");
    item.append(label, said, bar);
    coming.append(item);
    return { said: said, bar: bar };
  }

  function finish(shown, words, good) {
    shown.bar.remove();
    shown.said.textContent = words;
    if (!good) { shown.said.className = "bad"; failed = true; }
    busy = false;
    next();
  }

  function next() {
    if (busy) return;
    const one = waiting.shift();
    if (!one) {
      if (!failed) window.location.reload();
      return;
    }
    const most = Number(bench.dataset.largest);
    busy = true;
    if (one.file.size > most * 1e6) { finish(one.shown, "It is larger than " + most + " MB.", false); return; }
    const request = new XMLHttpRequest();
    request.open("POST", bench.dataset.add + "?name=" + encodeURIComponent(one.file.name));
    request.setRequestHeader("x-form-token", bench.dataset.token);
    request.upload.onprogress = (e) => { if (e.lengthComputable) one.shown.bar.value = e.loaded / e.total; };
    request.onerror = () => finish(one.shown, "It could not be added. Is scr-llm still running?", false);
    request.onload = () => {
      let said = request.responseText;
      try { said = JSON.parse(said).said; } catch (error) { /* a refusal in plain words */ }
      finish(one.shown, said, request.status === 200);
    };
    request.send(one.file);
  }

  function add(files) {
    for (const file of files) waiting.push({ file: file, shown: line(file.name) });
    if (files.length) next();
  }

  for (const shown of document.querySelectorAll(".scripts")) shown.hidden = false;
  if (input) input.addEventListener("change", () => { add(input.files); });
  const over = (on) => bench.classList.toggle("over", on);
  const holdsFiles = (e) => input && e.dataTransfer && Array.from(e.dataTransfer.types).includes("Files");
  window.addEventListener("dragover", (e) => { if (holdsFiles(e)) { e.preventDefault(); over(true); } });
  window.addEventListener("dragleave", (e) => { if (!e.relatedTarget) over(false); });
  window.addEventListener("drop", (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    over(false);
    add(e.dataTransfer.files);
  });

  // The page is loaded again when something else than the figures changes, but not under a person's hands.
  const atWork = () => busy || waiting.length || failed || Array.from(
    document.querySelectorAll("input[name=reason]")).some((box) => box.value);
  let source = null;

  function follow() {
    if (source || document.hidden) return;
    source = new EventSource(bench.dataset.events);
    source.addEventListener("changed", () => {
      leave();
      if (atWork()) window.setTimeout(follow, 5000); else window.location.reload();
    });
    source.addEventListener("run", (e) => {
      const now = JSON.parse(e.data);
      for (const place of document.querySelectorAll("[data-live]")) {
        const text = now[place.dataset.live];
        if (place.textContent !== text) place.textContent = text;
        if (place.parentElement.tagName === "DIV") place.parentElement.hidden = !text;
      }
      const done = document.getElementById("done");
      if (done) done.value = Number(now.done);
    });
  }

  // A browser opens few connections to one address: a window that nobody sees gives its own back.
  function leave() {
    if (source) source.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else follow(); });
  window.addEventListener("pagehide", leave);
  follow();
})();
