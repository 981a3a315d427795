#!/usr/bin/env perl
# Reads the results of a test run and prints the tests that failed: failed-tests.pl [--names | --filter] FILE.trx
#   (nothing)  name, message and stack of each, for people
#   --names    the name of each, one a line
#   --filter   an expression for `dotnet test --filter` that runs just their methods again
use strict;
use warnings;

my $form = @ARGV && $ARGV[0] =~ /^--/ ? shift @ARGV : '';
my $file = shift @ARGV or die "which file of results?\n";
open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
binmode STDOUT, ':encoding(UTF-8)';
my $xml = do { local $/; <$in> };

sub text {
    my ($escaped) = @_;
    my %named = (lt => '<', gt => '>', amp => '&', quot => '"', apos => "'");
    $escaped =~ s/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/defined $1 ? chr hex $1 : defined $2 ? chr $2 : $named{$3}/ge;
    return $escaped;
}

my %method;
while ($xml =~ m{<UnitTest [^>]*\bid="([^"]+)"[^>]*>(.*?)</UnitTest>}gs) {
    my ($id, $inside) = ($1, $2);
    my ($attributes) = $inside =~ /<TestMethod ([^>]*)/;
    my ($class) = $attributes =~ /className="([^"]*)"/;
    my ($name) = $attributes =~ / name="([^"]*)"/;
    $name =~ s/\(.*//s;
    $method{$id} = text("$class.$name");
}

my %seen;
while ($xml =~ m{<UnitTestResult ([^>]*\boutcome="Failed"[^>]*)>(.*?)</UnitTestResult>}gs) {
    my ($attributes, $inside) = ($1, $2);
    my ($id) = $attributes =~ /\btestId="([^"]*)"/;
    my ($shown) = $attributes =~ /\btestName="([^"]*)"/;
    if ($form eq '--filter') {
        $seen{$method{$id}} = 1;
        next;
    }
    print text($shown), "\n";
    next if $form eq '--names';
    my ($message) = $inside =~ m{<Message>(.*?)</Message>}s;
    my ($stack) = $inside =~ m{<StackTrace>(.*?)</StackTrace>}s;
    for my $part ($message, $stack) {
        next unless defined $part;
        my $lines = text($part);
        $lines =~ s/^/    /mg;
        print "$lines\n";
    }
}
print join('|', map { "FullyQualifiedName=$_" } sort keys %seen) if $form eq '--filter';
