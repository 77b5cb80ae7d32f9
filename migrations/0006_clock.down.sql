ALTER TABLE job_hist REMOVE PARTITIONING;
UPDATE job_hist SET outcome = 'dead' WHERE outcome IN ('cancelled', 'expired');
ALTER TABLE job_hist
    MODIFY outcome ENUM ('done', 'retry', 'dead')
        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    DROP KEY by_time,
    ADD KEY by_time (at);
UPDATE job_dead SET reason = 'tries' WHERE reason IN ('cancelled', 'expired');
ALTER TABLE job_dead
    MODIFY reason ENUM ('tries', 'poison', 'unknown', 'timeout')
        CHARACTER SET ascii COLLATE ascii_bin NOT NULL;
DROP TABLE job_pause;
DROP TABLE job_cancel;
DROP TABLE leader;
