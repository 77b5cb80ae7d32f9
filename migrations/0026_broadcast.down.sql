DROP TABLE broadcast_click;
DROP TABLE broadcast_link;
DROP TABLE broadcast_watch;
DROP TABLE broadcast_count;
DROP TABLE broadcast_recipient;
DROP TABLE broadcast_variant;
DROP TABLE broadcast;
