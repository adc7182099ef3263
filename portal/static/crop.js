/* A 4:5 frame over the chosen picture: dragged, moved by arrow keys, sized by + and -, by the slider, or by numbers. */
"use strict";

for (const crop of document.querySelectorAll("[data-crop]")) {
  const form = crop.closest("form");
  const [file, work, stage, image, frame, size, said, numbers] = [
    "[type=file]", ".crop-work", ".crop-stage", "img", ".crop-frame", "[type=range]", "output", "details",
  ].map((selector) => crop.querySelector(selector));
  const field = (name) => form.elements.namedItem(name);
  const least = Number(crop.dataset.least);
  const within = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
  let box = null;

  const widest = () => Math.floor(Math.min(image.naturalWidth, (image.naturalHeight * 4) / 5) / 4) * 4;

  const show = ({ left, top, width }) => {
    width = within(Math.floor(width / 4) * 4, Math.min(least, widest()), widest());
    const height = (width * 5) / 4;
    left = Math.round(within(left, 0, image.naturalWidth - width));
    top = Math.round(within(top, 0, image.naturalHeight - height));
    box = { left, top, width };
    const share = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(frame.style, {
      left: share(left, image.naturalWidth), top: share(top, image.naturalHeight),
      width: share(width, image.naturalWidth), height: share(height, image.naturalHeight),
    });
    for (const name of ["left", "top", "width"]) field(name).value = box[name];
    size.value = widest() > least ? (100 * (width - least)) / (widest() - least) : 100;
    said.textContent = crop.dataset.size.replace("%w", width).replace("%h", height);
  };
  // The middle of the frame stays where it is.
  const resize = (width) => {
    const more = width - box.width;
    show({ left: box.left - more / 2, top: box.top - (more * 5) / 8, width });
  };

  const begin = () => {
    const fits = widest() >= least;
    frame.hidden = !fits;
    work.hidden = false;
    if (fits) {
      const width = widest();
      show({ left: (image.naturalWidth - width) / 2, top: (image.naturalHeight - (width * 5) / 4) / 3, width });
    } else said.textContent = crop.dataset.tooSmall;
  };
  const choose = () => {
    work.hidden = true;
    box = null;
    for (const name of ["left", "top", "width"]) field(name).value = "";
    if (!file.files.length) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => (image.src = reader.result));
    reader.readAsDataURL(file.files[0]);
  };
  file.addEventListener("change", choose);
  image.addEventListener("load", begin);
  if (file.files.length) choose(); // chosen before this script came, or kept by the browser over a reload

  frame.addEventListener("keydown", (event) => {
    const step = Math.max(1, Math.round(box.width / (event.shiftKey ? 10 : 50)));
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const grow = { "+": 1, "=": 1, "-": -1, "_": -1 }[event.key];
    if (move) show({ ...box, left: box.left + move[0] * step, top: box.top + move[1] * step });
    else if (grow) resize(box.width + grow * Math.max(4, 2 * step));
    else return;
    event.preventDefault();
  });
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    frame.focus();
    const from = { x: event.clientX, y: event.clientY, ...box };
    const scale = image.naturalWidth / stage.clientWidth;
    const drag = (now) =>
      show({ left: from.left + (now.clientX - from.x) * scale, top: from.top + (now.clientY - from.y) * scale, width: box.width });
    const drop = () => frame.removeEventListener("pointermove", drag);
    frame.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, drop, { once: true });
    event.preventDefault();
  });
  size.addEventListener("input", () => box && resize(least + (Number(size.value) / 100) * (widest() - least)));
  numbers.addEventListener("change", () => {
    const typed = ["left", "top", "width"].map((name) => field(name).value.trim());
    if (box && typed.every((one) => /^\d+$/.test(one)))
      show({ left: Number(typed[0]), top: Number(typed[1]), width: Number(typed[2]) });
  });
}
