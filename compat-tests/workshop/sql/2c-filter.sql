-- 2-C: the readings of sensors that fail.
CREATE OR REPLACE STREAM filtered_fail_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4));

CREATE OR REPLACE PUMP filter_fail_pump AS INSERT INTO filtered_fail_stream
SELECT STREAM sensor_id, event_timestamp, current_temp, status
FROM clean_iot_stream
WHERE status = 'FAIL';
