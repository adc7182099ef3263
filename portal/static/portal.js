/* What htmx cannot say in attributes. Pages work without this file, only more slowly. */
"use strict";

(() => {
  const lost = () => document.getElementById("connection-lost");
  const say = (text) => {
    const place = lost();
    if (place && place.textContent !== text) place.textContent = text;
  };

  // An answer without our request id comes from something in between (a gateway's error page): not for this page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Request-Id")) {
      event.detail.shouldSwap = false;
      say(lost()?.dataset.lost ?? "");
    }
  });

  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(lost()?.dataset.lost ?? ""));
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.getResponseHeader("X-Request-Id")) say("");
  });
})();
