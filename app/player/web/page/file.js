// Files on their way out of the page: {name, type, path}, where the server has them, from where the
// page lies.

/** @import { ServedFile } from "../types" */

const DRAGGED = "DownloadURL"; // of dragged data: media type, file name and address of a file

// Streamlit serves components below it, and this file in a folder of one.
const PAGE = new URL("../../../../", import.meta.url);

/** @param {Pick<ServedFile, "path">} file */
export const addressOf = ({ path }) => new URL(path, PAGE).href;

/** Whether files can be dragged out of the page: Chromium alone does it. */
export const canDrag = () => "chrome" in window;

/**
 * At the start of a drag: a file is what is dragged.
 *
 * @param {DragEvent} event
 * @param {ServedFile} file
 */
export function giveTo({ dataTransfer }, file) {
  if (!dataTransfer) return;
  dataTransfer.effectAllowed = "copy";
  dataTransfer.clearData(); // of a link's own: a folder would get a shortcut to the address
  dataTransfer.setData(DRAGGED, `${file.type}:${file.name}:${addressOf(file)}`);
}

/** Download a file. @param {Pick<ServedFile, "name" | "path">} file */
export function save(file) {
  const link = document.createElement("a");
  Object.assign(link, { href: addressOf(file), download: file.name });
  link.click();
}
