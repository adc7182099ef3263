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

  // A changed status is told once, politely; what is swapped in silently would go unheard.
  let told = document.getElementById("order-status")?.dataset.announce;
  document.addEventListener("htmx:afterSettle", () => {
    const news = document.getElementById("order-status")?.dataset.announce;
    const place = document.getElementById("announcement");
    if (place && news && news !== told) place.textContent = news;
    told = news;
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    // Only the signs themselves: a stray space would make the code wrong.
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.replace(/\s/g, ""));
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
