-- Where the reading of a file goes on behind the batches that are stored: without it, the file is read again.
alter table device_data.import add column checkpoint kernel.encrypted;
