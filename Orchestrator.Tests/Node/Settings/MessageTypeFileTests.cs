using System.Text.Json;

using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Hocon;
using Orchestrator.Node.Settings;

namespace Orchestrator.Tests.Node.Settings;

/// <summary>Types of messages of one's own.</summary>
public sealed class MessageTypeFileTests
{
    private const string Review = """
        types {
          review_request {
            description = "Asks for a review."
            starts-topic = true
            template = "REVIEW of {change}\nLook at: {focus}"
            schema {
              type = object
              required = [change]
              properties { change { type = string, minLength = 3 }, focus { type = array, items { "$ref" = "#/$defs/word" } } }
              "$defs" { word { type = string, pattern = "^[a-z]+$" } }
              additionalProperties = false
            }
          }
        }
        """;

    [Fact]
    public void A_type_of_ones_own_is_validated_and_written_like_a_built_in_one()
    {
        var types = Read(Review);
        var reader = new EnvelopeReader(types, new ProtocolRules());
        Assert.Equal("REVIEW of abc\nLook at:\n  - speed", reader.Read(Message("""{"change":"abc","focus":["speed"]}"""), "client:ann", DateTimeOffset.UnixEpoch).Text);
        var wrong = Assert.Throws<ProtocolException>(() => reader.Read(Message("""{"change":"abc","focus":["SPEED"]}"""), "client:ann", DateTimeOffset.UnixEpoch));
        Assert.Contains("content/focus/0", wrong.Message, StringComparison.Ordinal);
        Assert.Equal((true, false), (types.Find("review_request")!.StartsTopic, types.Find("review_request")!.BuiltIn));
    }

    [Theory]
    [InlineData("other {}", "other is unknown")]
    [InlineData("types { Review { schema { type = object } } }", "is no name for a type")]
    [InlineData("types { broadcast { schema { type = object } } }", "is always there")]
    [InlineData("types { review { template = x } }", "has no schema")]
    [InlineData("types { review { schema { type = object }, color = red } }", "types.review.color is unknown")]
    [InlineData("types { review { schema { type = string } } }", "give it type = object")]
    [InlineData("types { review { schema { type = object, requird = [a] } } }", "schema/requird is no keyword")]
    [InlineData("types { review { schema { type = object, properties { a { type = text } } } } }", "schema/properties/a/type: give one of")]
    [InlineData("types { review { schema { type = object, properties { a { \"$ref\" = \"#/nowhere\" } } } } }", "is not in this schema")]
    public void What_cannot_be_used_is_said_with_its_place(string text, string words)
    {
        var error = Assert.Throws<HoconException>(() => Read(text));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Origin);
    }

    private static MessageTypes Read(string text) => MessageTypeFile.Read(HoconParser.Parse(text).Resolve());

    private static JsonElement Message(string content) => JsonDocument.Parse($$"""{"to":"a1","type":"review_request","content":{{content}}}""").RootElement;
}
