-- What became of the jobs of one kind, the newest first: a rare one among millions of
-- others was looked for along all of them.
ALTER TABLE job_hist
    ADD KEY by_kind (kind, at, id);
