/// Everything between nodes: one port for each, lanes between stores, requests of clients. The
/// packages below have the parts; this one puts them together.
///
/// May use all of this module, `spi` and `codec`, and Netty; knows nothing of what it carries.
@NullMarked
package io.flotilla.transport;

import org.jspecify.annotations.NullMarked;
