// Files on their way out of the page: {name, type, path}, where the server has them, from where the
// page lies.

const DRAGGED = "DownloadURL"; // of dragged data: media type, file name and address of a file

const PAGE = new URL("../../../../", import.meta.url); // Streamlit serves components below it, and this in a folder of one

export const addressOf = ({ path }) => new URL(path, PAGE).href;

/** Whether files can be dragged out of the page: Chromium alone does it. */
export const canDrag = () => "chrome" in window;

/** At the start of a drag: a file is what is dragged. */
export function giveTo({ dataTransfer }, file) {
  dataTransfer.effectAllowed = "copy";
  dataTransfer.clearData(); // of a link's own: a folder would get a shortcut to the address
  dataTransfer.setData(DRAGGED, `${file.type}:${file.name}:${addressOf(file)}`);
}

/** Download a file. */
export function save(file) {
  const link = document.createElement("a");
  Object.assign(link, { href: addressOf(file), download: file.name });
  link.click();
}
