"""The pages between masthead and player, a file each: `draw(session)` shows one, as app/page.py's
table VIEWS lists them. `wall` draws the takes on two of them."""
