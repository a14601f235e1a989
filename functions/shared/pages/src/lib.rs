//! The layout of pages, and the pages that several flows show.
