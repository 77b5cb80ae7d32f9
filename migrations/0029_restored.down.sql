DROP TABLE broadcast_mark;
