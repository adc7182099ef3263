/* What htmx cannot say in attributes. Pages work without this file, only more slowly. */
"use strict";

(() => {
  document.documentElement.classList.add("js");
  const POLLING = '[data-hx-trigger*="poll-now"]';

  const say = (text) => {
    const place = document.getElementById("connection-lost");
    if (place && place.textContent !== text) place.textContent = text;
  };
  const sayLost = () => say(document.getElementById("connection-lost")?.dataset.lost ?? "");
  const isOurs = (xhr) => Boolean(xhr?.getResponseHeader("X-Request-Id"));

  // Nobody looks at a hidden tab: it asks nothing, and asks at once when it is looked at again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches(POLLING)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.querySelectorAll(POLLING).forEach((poll) => htmx.trigger(poll, "poll-now"));
  });

  // The answer to an act, or else a changed status, is told once, politely; what is swapped in silently goes unheard.
  const standing = () => document.getElementById("order-status");
  let told = standing()?.dataset.announce;
  document.addEventListener("htmx:afterSettle", () => {
    const { message, announce } = standing()?.dataset ?? {};
    if (announce === undefined) return;
    if (standing().lang !== document.documentElement.lang) return location.reload(); // switched in another tab
    if (message || announce !== told) {
      const line = document.createElement("p");
      line.className = "message";
      line.textContent = message ?? "";
      document.getElementById("messages").replaceChildren(...(message ? [line] : []));
      document.getElementById("announcement").textContent = message ? "" : announce;
    }
    delete standing().dataset.message;
    told = announce;
  });

  // Opened parts are opened again, and the focus goes back to what has the same id; htmx alone loses it when it
  // disables the pressed button. Where nothing has that id any more, the heading takes it: nobody is thrown to the top.
  let opened = [];
  let focused = null;
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.matches("form") && elt.contains(document.activeElement)) focused = document.activeElement;
  });
  document.addEventListener("htmx:beforeSwap", () => {
    opened = [...(standing()?.querySelectorAll("details[open]") ?? [])];
    if (standing()?.contains(document.activeElement)) focused = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", () => {
    opened.forEach(({ id }) => document.getElementById(id)?.setAttribute("open", ""));
  });
  const restoreFocus = () => {
    const place = focused && (document.getElementById(focused.id) ?? standing()?.querySelector("h1"));
    if (place?.disabled) return; // htmx enables it again when the new part has settled
    focused = null;
    if (!place || document.activeElement !== document.body) return;
    if (place.matches("h1")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  for (const moment of ["htmx:afterRequest", "htmx:afterSettle"]) document.addEventListener(moment, restoreFocus);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const code = document.getElementById(button.dataset.copy);
    try {
      // Only the signs themselves: a stray space would make the code wrong.
      await navigator.clipboard.writeText(code.textContent.replace(/\s/g, ""));
    } catch {
      getSelection().selectAllChildren(code); // this browser does not let us: the code is marked for copying by hand
      return;
    }
    const label = button.querySelector("span");
    button.dataset.label ??= label.textContent;
    label.textContent = document.getElementById("announcement").textContent = button.dataset.copied;
    setTimeout(() => (label.textContent = button.dataset.label), 3000);
  });

  // An answer without our request id is a gateway's error page: it does not belong into this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isOurs(event.detail.xhr)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => (isOurs(event.detail.xhr) ? say("") : sayLost()));
  for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, sayLost);
})();
