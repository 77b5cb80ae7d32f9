DROP TABLE settings_history;
DROP TABLE settings;
DROP TABLE update_seen;
DROP TABLE cron_tick;
DROP TABLE job_dead;
DROP TABLE job_hist;
DROP TABLE job_open;
