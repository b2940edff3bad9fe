/// Values to bytes and back, for wire and disk: the Protocol Buffers schema of `src/main/proto` and
/// the few hand-written layouts where columns or zero copies matter.
///
/// May use `keyspace`, `raft` and `spi`. Decoders trust nothing: any input gives a value or a
/// `CodecException` that says what is wrong.
@NullMarked
package io.flotilla.codec;

import org.jspecify.annotations.NullMarked;
