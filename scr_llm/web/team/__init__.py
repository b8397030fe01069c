"""The workbench for a team: several projects behind a reverse proxy, answered by several processes.

The proxy says who asks, and proves with a secret that it is the proxy (`door`). What each person may do in each project
is in the project's people.toml (`people`). Processes of equal standing answer (`workers`); what must outlive any one of
them is kept by the process that started them (`keeper`). `watch` counts and logs requests without a word of them.
"""
