/// The fences of the house: what may see what, how code is written and laid out.
///
/// Each rule is a test that fails with the replacement in its message, and has a test of its own
/// that shows it failing. Lives in this module because it is the only one that sees all others.
@NullMarked
package io.flotilla.house;

import org.jspecify.annotations.NullMarked;
