package io.flotilla.engine;

/// One entry of the map. The arrays belong to the caller.
public record KeyValue(byte[] key, byte[] value) {}
