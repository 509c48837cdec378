// Comfort for pages that work without it: copying, and showing what is new.
"use strict";

// Copy buttons appear only where they can work.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) {
      setTimeout(() => { button.disabled = true; }, 0);
    }
    form.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button:not([data-off])")) button.disabled = false;
  }
});

// The lines of an answer, as they come.
async function* lines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}

// What a piece of HTML from our own server holds.
function pieces(html, where = "body") {
  return new DOMParser().parseFromString(html, "text/html").querySelector(where).childNodes;
}

// A token is tried out beside its form, before it is stored; each permission is shown once it is proven.
for (const button of document.querySelectorAll("[data-try]")) {
  const place = document.getElementById("tried");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (button.ariaBusy || !button.form.reportValidity()) return;
    // Not disabled: that would take the keyboard's place away.
    button.ariaBusy = "true";
    place.textContent = "Asking the provider…";
    const body = new URLSearchParams(new FormData(button.form));
    try {
      const answer = await fetch(button.dataset.try, { method: "POST", body });
      if (answer.headers.get("content-type").startsWith("text/html")) {
        place.replaceChildren(...pieces(await answer.text(), "main"));
      } else {
        for await (const line of lines(answer)) {
          const html = JSON.parse(line);
          if (html.startsWith("<tr")) place.querySelector("tbody").append(...pieces(`<table>${html}</table>`, "tbody"));
          else place.replaceChildren(...pieces(html));
        }
      }
    } catch {
      place.textContent = "The server could not be reached. Nothing was stored.";
    }
    button.ariaBusy = null;
  });
}

// Only the fields of the chosen provider are shown, and only what is shown is sent.
const chooser = document.querySelector("[data-chooses]");
if (chooser) {
  const hosting = document.getElementById("hosting");
  const host = document.getElementById("host");
  const isFor = (part) => part.dataset.for.split(" ").includes(chooser.value);
  const show = () => {
    for (const part of document.querySelectorAll("[data-for]")) {
      const isOwn = part.matches("[data-own]") && !hosting.disabled && hosting.value === "own";
      part.hidden = !isFor(part) && !isOwn;
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = part.hidden;
    }
    // A host of one's own has the page for new tokens at the same place.
    for (const link of document.querySelectorAll("[data-page]")) {
      const isOwn = !host.disabled && /^https?:\/\/[^/]/.test(host.value);
      const root = isOwn ? host.value.replace(/\/+$/, "") : "";
      link.dataset.cloud ??= link.href;
      link.href = root ? root + link.dataset.page : link.dataset.cloud;
    }
  };
  for (const field of [chooser, hosting, host]) field?.addEventListener("input", show);
  for (const field of [chooser, hosting]) field?.addEventListener("change", show);
  show();
}

// What is new is fetched when the server says that there is something. A page that nobody sees does not
// listen: a browser has few connections to one server.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  let source = null;
  let waiting = false;
  let isOld = false;
  const renew = () => {
    // What somebody is at stays as it is until they leave it.
    isOld = live.contains(document.activeElement);
    if (waiting || isOld) return;
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      const answer = await fetch(live.dataset.renews);
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (fresh) live.replaceChildren(...fresh.childNodes);
    }, 300);
  };
  live.addEventListener("focusout", () => setTimeout(() => { if (isOld) renew(); }, 0));
  const listen = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    source = new EventSource(live.dataset.live);
    source.addEventListener("changed", renew);
  };
  document.addEventListener("visibilitychange", () => {
    listen();
    if (!document.hidden) renew();
  });
  listen();
}

// On a phone the menu scrolls sideways; where one is, is in sight.
const here = document.querySelector(".side [aria-current]");
const menu = here?.closest("ul");
// Not by scrollIntoView: the keyboard would begin there, behind the link that skips the menu.
if (menu) menu.scrollLeft = here.offsetLeft - menu.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;
