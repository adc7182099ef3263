// The picture of a QR code: sent as soon as it is chosen, dropped or pasted, and made smaller first if it is huge.
"use strict";

const form = document.getElementById("picture-form");
const input = document.getElementById("picture");
const finder = form.querySelector(".finder");
const LARGEST_SIDE = 2400; // pixels; a code that fills a tenth of the picture is still read

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = LARGEST_SIDE / Math.max(picture.width, picture.height);
  if (scale >= 1) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  return new File([blob], "kod.jpg", { type: "image/jpeg" });
}

async function send(file) {
  finder.classList.add("busy");
  // What the browser cannot read goes as it is: the server says what is wrong with it.
  const chosen = new DataTransfer();
  chosen.items.add(await smaller(file).catch(() => file));
  input.files = chosen.files;
  form.requestSubmit();
}

input.addEventListener("change", () => { if (input.files.length) send(input.files[0]); });
document.addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
  if (file) { event.preventDefault(); send(file); }
});
for (const over of ["dragenter", "dragover"]) finder.addEventListener(over, () => finder.classList.add("over"));
for (const out of ["dragleave", "drop"]) finder.addEventListener(out, () => finder.classList.remove("over"));
window.addEventListener("pageshow", () => finder.classList.remove("busy"));
