"""The page in a line of text: a `Session` goes in, a share link's text or a browser's memory comes
out, and the other way round (`link`); grooves as text are `encoding`."""
