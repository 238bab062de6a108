"""BeatGen's page: a thin Streamlit front end of the `beatgen` package."""
