/// Connections up to the point where they speak: addresses, limits, length-prefixed frames, and the
/// handshake that turns strangers away.
///
/// May use `spi`, `codec`'s readers and the loops. Words defined here: *frame*, *handshake*,
/// *identity*, *sink* (who takes a connection's frames).
@NullMarked
package io.flotilla.transport.frame;

import org.jspecify.annotations.NullMarked;
