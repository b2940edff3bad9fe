/// Event loops that threads drive: on Netty's I/O threads, and on plain threads for what blocks.
///
/// May use Netty and `spi`; nothing else of this module.
@NullMarked
package io.flotilla.transport.loop;

import org.jspecify.annotations.NullMarked;
