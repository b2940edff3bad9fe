package io.flotilla.transport.peer;

/// What went over the lanes to all peers since the start.
///
/// @param messagesDropped messages that were lost here: no connection, or a full outbox
public record PeerStats(long framesSent, long bytesSent, long messagesSent, long messagesDropped) {}
