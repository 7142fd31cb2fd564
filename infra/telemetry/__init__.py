"""Traces, kept to ourselves: importing this switches off LangGraph's own tracing, for the whole process.

It would send what a graph does, documents and all, to LangSmith wherever the shell that starts us says so.
"""

import os

for _name in ("LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGCHAIN_TRACING"):
    os.environ[_name] = "false"
