"""Histories of earlier versions; see the README beside this."""
