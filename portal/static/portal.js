/* What htmx cannot say in attributes. Pages work without this file, only more slowly. */
"use strict";

(() => {
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

  // An answer without our request id is a gateway's error page: it does not belong into this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isOurs(event.detail.xhr)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => (isOurs(event.detail.xhr) ? say("") : sayLost()));
  for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, sayLost);
})();
