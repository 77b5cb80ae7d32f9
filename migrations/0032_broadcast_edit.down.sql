DROP TABLE broadcast_edit;
