using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging.Protocol;
using Orchestrator.Actors.Teams;

namespace Orchestrator.Tests.Actors.Teams;

public sealed class ProjectSlugTests
{
    [Theory]
    [InlineData("Web Shop")]
    [InlineData("web-shop")]
    [InlineData("web_shop")]
    [InlineData("WebShop")]
    [InlineData("WEB SHOP")]
    [InlineData(" web  shop/ ")]
    [InlineData("web.shop")]
    public void Seven_spellings_of_one_project_are_one_project(string spelling)
    {
        Assert.Equal("web-shop", ProjectSlug.Of(spelling).Value);
        Assert.Equal(["a1"], MessageRouting.Resolve($"project:{spelling}", [new Addressee(AgentName.Parse("a1"), "developer", Team: null, "Web_Shop"), new Addressee(AgentName.Parse("a2"), "developer", Team: null, "webshop")], sender: null).Select(static n => n.Value));
    }

    [Theory]
    [InlineData("Größe 2", "grosse-2")]
    [InlineData("HTTPServer", "httpserver")]
    [InlineData("v2Api", "v2-api")]
    [InlineData("café", "cafe")]
    public void What_is_no_letter_or_digit_parts_words_and_accents_are_left_out(string text, string slug) => Assert.Equal(slug, ProjectSlug.Of(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("—")]
    [InlineData("магазин")]
    [InlineData("a234567890123456789012345678901234567890x")]
    public void What_has_no_letter_or_is_too_long_is_no_project(string text) => Assert.False(ProjectSlug.TryOf(text, out _));

    [Fact]
    public void A_slug_is_its_own_spelling() => Assert.All(new[] { "a", "web-shop", "a-1-b", "x2-y" }, static slug => Assert.Equal(slug, ProjectSlug.Of(slug).Value));
}
