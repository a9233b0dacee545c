package vn.loive.state

/**
 * What a screen says: a key of `strings/phone/`, and what goes into its braces.
 *
 * Prints its key alone, so that nothing which somebody wrote can come along.
 */
data class Sentence(
    val key: String,
    /** Numbers and codes for the braces, by their name. */
    val values: Map<String, String> = emptyMap(),
    /** Sentences that stand inside this one, by the name of their braces. */
    val parts: Map<String, Sentence> = emptyMap(),
) {
    override fun toString(): String = "Sentence($key)"
}

internal fun sentence(key: String, vararg values: Pair<String, Any>): Sentence =
    Sentence(key, values.associate { (name, value) -> name to value.toString() })
