"use strict";
// Looks again while the paper is being made, and gives back an edited paper. Everything works without this file.
(function () {
  const preparing = document.getElementById("preparing");
  if (preparing) window.setTimeout(() => window.location.replace(preparing.dataset.again), 2000);
  const place = document.getElementById("give-back");
  if (!place) return;
  const input = document.getElementById("edited"), came = document.getElementById("came");

  function say(words, wrong) {
    came.textContent = words;
    came.className = wrong ? "warn" : "";
    input.disabled = false;
  }

  input.addEventListener("change", () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > Number(place.dataset.largest) * 1e6) {
      say("It is larger than " + place.dataset.largest + " MB.", true);
      return;
    }
    say("It is being read …", false);
    input.disabled = true;
    const request = new XMLHttpRequest();
    request.open("POST", place.dataset.to);
    request.setRequestHeader("x-form-token", place.dataset.token);
    request.onerror = () => say("It could not be given back. Is scr-llm still running?", true);
    request.onload = () => {
      let answer = { said: request.responseText };
      try { answer = JSON.parse(request.responseText); } catch (error) { /* a refusal in plain words */ }
      if (answer.at) window.location.assign(place.dataset.base + answer.at);
      else say(answer.said, true);
    };
    request.send(file);
  });
})();
