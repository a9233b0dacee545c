package vn.loive.state

import kotlin.io.path.writeText
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Nothing that is printed holds a word that somebody wrote. */
class WordsChecks {
    @Test
    fun `no-words-in-messages`() = story {
        val card = folder("card").also {
            it.toFile().parentFile.mkdirs()
            it.writeText(hotline.card)
        }
        val arguments = listOf(folder("mai").toString(), card.toString(), hotline.relayUrl)
        val printed = ChildJvm("Printer", arguments).use { it.rest() }

        assertTrue("printed all" in printed, printed)
        for (error in listOf("Invalid", "Locked", "Rejected", "NotFound", "Offline")) {
            assertTrue("error $error " in printed, "no $error was provoked: $printed")
        }
        val wordless =
            listOf("DraftView", "Question", "ReportPage", "Receipt", "Plan", "PlanCard", "DrawnCard") +
                "PlanShown"
        for (record in wordless.map { "$it(…)" }) {
            assertTrue(record in printed, "no $record was printed: $printed")
        }
        val found = printed.lineSequence().filter { MARKED in it || "Hiền" in it }.toList()
        assertFalse(found.isNotEmpty(), "$found")
    }
}
