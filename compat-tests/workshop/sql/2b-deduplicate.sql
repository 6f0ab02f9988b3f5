-- 2-B: producers repeat readings when they retry. Within a second, keep the first of each.
CREATE OR REPLACE STREAM clean_iot_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4),
    dedup_window TIMESTAMP);

CREATE OR REPLACE PUMP dedup_pump AS
INSERT INTO clean_iot_stream
SELECT STREAM DISTINCT -- rows that are equal in all selected columns
    "sensorId",
    CAST("eventTimeStamp" AS TIMESTAMP), -- the generator writes it as text
    "currentTemperature",
    "status",
    FLOOR("SOURCE_SQL_STREAM_001".ROWTIME TO SECOND) -- the window
FROM SOURCE_SQL_STREAM_001;
