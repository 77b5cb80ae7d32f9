-- The reconciler looks at the parked rows of each list as it looks at the others: one
-- index for both.
ALTER TABLE job_open
    ADD KEY waits (lane, parked, run_at, id),
    DROP KEY due,
    DROP KEY parked;
