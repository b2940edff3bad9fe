/// CSV files into a fleet and back: `flotilla kv load` and `flotilla kv verify`.
///
/// A row becomes one key and one JSON object; a *bad row* is one that cannot (malformed, no key,
/// over a limit).
@NullMarked
package io.flotilla.cli.load;

import org.jspecify.annotations.NullMarked;
