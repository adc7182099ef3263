// Keeps what is marked `data-refresh="seconds"` current: fetches its `data-from` and swaps the marked parts that changed.
// Hidden tabs do not ask. What is focused, open or scrolled stays so. A change is announced once, in #news.
"use strict";

document.documentElement.classList.add("scripted");

const parts = () => [...document.querySelectorAll("[data-refresh]")];
const shown = new Map(parts().map((part) => [part.id, part.outerHTML]));

function swap(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
  const scrolled = [...part.querySelectorAll(".scroll[id]")].map((one) => [one.id, one.scrollLeft]);
  const node = document.importNode(fresh, true);
  part.replaceWith(node);
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  scrolled.forEach(([id, left]) => { const one = document.getElementById(id); if (one) one.scrollLeft = left; });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (node.dataset.news && node.dataset.news !== part.dataset.news) {
    document.getElementById("news").textContent = node.dataset.news;
  }
}

async function refresh() {
  const answer = await fetch(parts()[0].dataset.from, { cache: "no-store" });
  if (answer.redirected) { location.assign(answer.url); return; } // the card has left this phone
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const fresh = page.getElementById(part.id);
    if (!fresh || shown.get(part.id) === fresh.outerHTML) continue;
    shown.set(part.id, fresh.outerHTML);
    swap(part, fresh);
  }
}

async function keepFresh(milliseconds) {
  try {
    if (!document.hidden) await refresh();
  } catch {
    // Not reachable for now: what is shown stays, the next round asks again.
  }
  setTimeout(keepFresh, milliseconds, milliseconds);
}

if (parts().length) {
  const milliseconds = Number(parts()[0].dataset.refresh) * 1000;
  setTimeout(keepFresh, milliseconds, milliseconds);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh().catch(() => {}); });
}
